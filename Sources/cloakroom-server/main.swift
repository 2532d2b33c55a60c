import SessionServer

print(cloakroomVersion)
