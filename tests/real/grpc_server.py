"""gRPC's own server with its health service, in the Python of `.venv-servers` alone: PORT [PEM].

With a file of a key and its certificates it speaks TLS. `shop` serves, `till` does not; the server itself serves.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

STATES = health_pb2.HealthCheckResponse
port, *pem = sys.argv[1:]

server = grpc.server(ThreadPoolExecutor(4))
service = health.HealthServicer()
for name, state in {"": STATES.SERVING, "shop": STATES.SERVING, "till": STATES.NOT_SERVING}.items():
    service.set(name, state)
if pem != ["nothing"]:
    health_pb2_grpc.add_HealthServicer_to_server(service, server)
address = f"127.0.0.1:{port}"
if pem and pem != ["nothing"]:
    both = Path(pem[0]).read_bytes()
    server.add_secure_port(address, grpc.ssl_server_credentials([(both, both)]))
else:
    server.add_insecure_port(address)
server.start()
server.wait_for_termination()
